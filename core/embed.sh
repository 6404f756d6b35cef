#!/bin/bash
# Writes a C file that holds other files as bytes: core/embed.sh TABLE NAME=PATH... > TABLE.c
# A zero byte follows each file, outside its size, so that text can be used as a string.
set -euo pipefail

table=$1
shift

printf '/* Made by core/embed.sh; read <corridor/embed.h>. */\n#include <corridor/embed.h>\n\n'
number=0
for entry in "$@"; do
    printf 'static const unsigned char bytes_%d[] = {\n' "$number"
    od -An -v -tx1 "${entry#*=}" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '0};\n'
    number=$((number + 1))
done
printf 'const struct embed_file embed_%s[] = {\n' "$table"
number=0
for entry in "$@"; do
    printf '    {"%s", bytes_%d, sizeof(bytes_%d) - 1},\n' "${entry%%=*}" "$number" "$number"
    number=$((number + 1))
done
printf '    {0, 0, 0}};\nconst size_t embed_%s_count = %d;\n' "$table" "$number"
