# Builds, runs and tests Corridor. `make` alone lists the targets.
#
# Everything is built out of tree: build/ holds the release, build/asan/ the same under AddressSanitizer and
# UndefinedBehaviorSanitizer. Sources are found by folder, so a new file needs no line here:
#
#   core/*.c                  -> build/libcorridor.a     what both programs share
#   server/*.c server/web/*.c -> build/libserver.a       and server/corridord.c (main) -> build/corridord
#   ingest/*.c                -> build/libingest.a       and ingest/corridor.c  (main) -> build/corridor
#                                                        and ingest/ingestd.c   (main) -> build/corridor-ingestd
#   sql/*.sql                 -> bytes in libingest.a    (embed_sql, <corridor/embed.h>)
#   core/*.schema.json        -> bytes in libcorridor.a  (embed_schemas)
#   server/web/* (no code)    -> bytes in libserver.a    (embed_web), messages/*.po compiled to messages/*.mo
#   tests/unit/test_*.c       -> build/tests/unit/test_* and build/asan/tests/unit/test_*
#   tests/db/test_*.c         -> build/asan/tests/db/test_*  the same way; run against a cluster of their own

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
# One short line a step; `make V=1` shows the commands.
Q := $(if $(V),,@)
step = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))
SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules
# As many jobs as there are cores, unless the caller chose.
ifeq ($(filter -j%,$(MAKEFLAGS))$(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

# ---- What Corridor needs ---------------------------------------------------------------------------------------
#
# One package a line: when it is needed, its Debian name, why. `name>=version` asks for at least that version;
# `name=command` is content with the command from elsewhere (a newer Node.js, say).
define DEPENDENCIES
build  gcc                          the compiler
build  libc6-dev                    the C library's headers
build  pkg-config                   finds the flags of the libraries below
build  libevent-dev>=2.1.12-stable-8+deb12u1   events, sockets, timers, threads; earlier ones have known holes
build  libpq-dev                    the client side of PostgreSQL
build  libjansson-dev               JSON documents
build  libssl-dev                   hashes, signatures, TLS, random numbers
build  libnghttp2-dev               HTTP/2 frames, header compression, states of streams
build  libicu-dev                   countries, currencies, numbers and plurals per language
build  zlib1g-dev                   gzip
build  libbrotli-dev                br, which packs pages closer than gzip
build  libxxhash-dev                hashes at the speed of memory: of a page for its ETag, of an operator's services
build  libcsv-dev                   reads survey and rate files
build  libminizip-dev               unpacks the survey's workbook
build  libexpat1-dev                reads the XML in it, as a stream
build  libcmark-gfm-dev             Markdown of the site's texts to HTML, in its safe mode
build  libcmark-gfm-extensions-dev  and their tables
build  libxlsxwriter-dev            writes workbooks, row by row
build  gettext                      compiles the message catalogues (msgfmt)
run    postgresql                   the record; our own private cluster, never the packaged one
test   libcmocka-dev                unit tests
test   libasan8                     AddressSanitizer for gcc 12
test   libubsan1                    UndefinedBehaviorSanitizer for gcc 12
test   clang                        builds the fuzzers (libFuzzer)
test   clang-tidy                   static analysis (make check)
test   clang-format                 one format (make check, make format)
test   shellcheck                   static analysis of the scripts (make check)
test   python3=python3              the independent test programs: offers recomputed, raw HTTP, golden averages
test   python3-jsonschema           holds the published schema of a quote to the reader
test   brotli                       unpacks what the tests get in br
test   curl=curl                    what the README's example for operators sends with
test   nginx                        the benchmark's yardstick: the same bytes as a file
test   nghttp2-client               another hand's HTTP/2 client, and its load (nghttp, h2load)
test   wrk                          the load of the benchmark
test   node-llhttp                  another hand's HTTP/1.1 parser (C sources), which ours is held against
test   sqlite3                      loads a report by its own importer
test   xlsx2csv                     the import benchmark's yardstick, where no Python has openpyxl
test   chromium                     the pages are looked at and checked in a real browser
test   nodejs=node                  drives the browser (playwright-core, axe-core)
test   npm=npm                      installs the browser tests' locked packages
endef
export DEPENDENCIES

# ---- Flags -----------------------------------------------------------------------------------------------------

CC := gcc
PACKAGES := libevent_core libevent_pthreads libpq jansson openssl libnghttp2 icu-i18n icu-uc zlib minizip expat \
	libbrotlienc libbrotlidec libcmark-gfm xlsxwriter
# Asked once, and only by a recipe: pkg-config itself may not be installed yet when `make deps` is read.
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES)) -lcsv -lcmark-gfm-extensions -lm)$(PACKAGE_LIBS)

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wformat=2 -Werror
CPPFLAGS := -std=c17 -D_GNU_SOURCE -Iinclude -I.
BRANCH_PROTECTION := $(if $(filter x86_64,$(shell uname -m)),-fcf-protection)

release_cflags := -O2 -g -fPIE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
	$(BRANCH_PROTECTION)
release_ldflags := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
asan_cflags := -O1 -g -fPIE -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
asan_ldflags := -pie -fsanitize=address,undefined
fuzz_cflags := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
fuzz_ldflags := -fsanitize=fuzzer,address,undefined
fuzz_llhttp := -fsanitize=fuzzer-no-link
# Private: what they are made from is not made with these.
build/fuzz/%: private CC = clang
build/fuzz/%: private WARNINGS =

# ---- Sources ---------------------------------------------------------------------------------------------------

mains := $(wildcard server/corridord.c ingest/corridor.c ingest/ingestd.c)
core_src := $(wildcard core/*.c)
server_src := $(filter-out $(mains),$(wildcard server/*.c server/web/*.c))
ingest_src := $(filter-out $(mains),$(wildcard ingest/*.c))
unit_src := $(wildcard tests/unit/test_*.c)
db_src := $(wildcard tests/db/test_*.c)
http_src := $(wildcard tests/http/*.c)
feed_src := $(wildcard tests/feed/*.c)
golden_src := $(wildcard tests/golden/*.c tests/bench/*.c)
fuzz_src := $(wildcard tests/fuzz/*.c)
fuzzer_src := $(wildcard tests/fuzz/fuzz_*.c)
differ_src := $(wildcard tests/fuzz/differ_*.c)
unit_help_src := $(filter-out $(unit_src),$(wildcard tests/unit/*.c))
headers := $(wildcard include/corridor/*.h core/*.h server/*.h server/web/*.h ingest/*.h tests/unit/*.h tests/db/*.h \
	tests/fuzz/*.h)
sources := $(core_src) $(server_src) $(ingest_src) $(mains) $(unit_src) $(unit_help_src) $(db_src) $(golden_src) $(http_src) $(feed_src) \
	$(fuzz_src)

program_server/corridord.c := corridord
program_ingest/corridor.c := corridor
program_ingest/ingestd.c := corridor-ingestd
programs := $(foreach main,$(mains),build/$(program_$(main)))

schema_files := $(wildcard core/*.schema.json)
sql_files := $(wildcard sql/*.sql)
catalogues := $(wildcard server/web/messages/*.po)
catalogues_mo := $(patsubst server/web/%.po,build/%.mo,$(catalogues))
web_files := $(if $(wildcard server/web),$(sort $(shell find server/web -type f ! -name '*.[ch]' ! -name 'README.md' \
	! -name '*.po' ! -name '*.pot' ! -name '.*')))

# ---- Targets for people ----------------------------------------------------------------------------------------

.PHONY: help deps deps-test screenshots all units run up down test check bench bench-attacks bench-http bench-import bench-ingest bench-pages bench-reports crash fuzz format tidy \
	clean FORCE

help: ## List the targets
	@printf 'make TARGET\n\n'
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile | expand -t 16
	@printf '\nSettings (CORRIDOR_PORT, CORRIDOR_VAR, CORRIDOR_DEMO, CORRIDOR_DB ...) are in README.md.\n'

deps: ## Install the Debian packages to build and run it (only what is missing)
	@deploy/dev/deps.sh build run

deps-test: ## Install the Debian packages that the tests need too
	@deploy/dev/deps.sh build run test

all: $(programs) ## Build everything into build/
units: $(patsubst tests/%.c,build/tests/%,$(unit_src))

run: deps ## Build, start and stay in the foreground; Ctrl-C stops everything, data is kept
	@$(MAKE) --no-print-directory all
	@deploy/dev/corridor.sh run

up: deps ## The same in the background
	@$(MAKE) --no-print-directory all
	@deploy/dev/corridor.sh up

down: ## Stop what `make up` started; data is kept
	@deploy/dev/corridor.sh down

test: deps-test ## Run every test; the last line says `N passed, N failed`
	@$(MAKE) --no-print-directory all units
	@tests/run.sh

check: deps-test ## The fast checks: units under sanitizers, clang-tidy, format, banned functions, named files
	@$(MAKE) --no-print-directory all
	@tests/run.sh check

bench: deps-test ## Requests per second beside nginx; see tests/bench/README.md
	@$(MAKE) --no-print-directory all
	@tests/bench/run.sh

bench-http: deps-test ## The HTTP engine beside nginx, all rows or ROWS="tls64 h2"; see tests/bench/README.md
	@$(MAKE) --no-print-directory all build/tests/bench/shake
	@tests/bench/bench_http.py $(ROWS)

bench-attacks: deps-test ## What an honest client waits while the HTTP engine is attacked (as root, who may come before others)
	@$(MAKE) --no-print-directory all
	@env -u MAKEFLAGS tests/http/attacks.py build --alone

bench-reports: deps-test ## The whole services report beside psql's COPY, and what slow readers cost
	@$(MAKE) --no-print-directory all
	@tests/bench/bench_reports.py

bench-ingest: deps-test ## Quotes through the feed beside PostgreSQL's own ceiling; see tests/bench/README.md
	@$(MAKE) --no-print-directory all build/tests/bench/bench_ingest
	@tests/bench/bench_ingest.py

bench-pages: deps-test ## A corridor's page beside nginx: kept, and written anew
	@$(MAKE) --no-print-directory all
	@tests/bench/bench_pages.py

bench-import: deps-test ## The survey's workbook into the database, beside a program that only reads it
	@$(MAKE) --no-print-directory all
	@tests/bench/bench_import.py

fuzz: deps-test ## Fuzz what strangers send, for FUZZ_SECONDS (60) or FUZZ_RUNS each; findings stay in build/fuzz/
	@FUZZ_RUNS=$(FUZZ_RUNS) tests/fuzz/run.sh $(or $(FUZZ_SECONDS),60)
	@tests/fuzz/differential.sh $(or $(FUZZ_RUNS),1000000)

crash: deps-test ## Kill the feed and its database 430 times under load: nothing lost, nothing twice (a quarter of an hour)
	@$(MAKE) --no-print-directory all
	@tests/crash/run.py --ingestd 300 --backend 100 --postmaster 30

screenshots: deps-test ## Write every kind of page to build/screenshots, from the server at CORRIDOR_PORT; PAGES="home report" some
	@tests/web/install.sh >/dev/null
	@node tests/web/screenshots.mjs $(PAGES)

format: ## Rewrite every C file in the project's format
	clang-format -i $(sources) $(headers)

clean: ## Remove build/ (the data under var/ stays)
	rm -rf build

# ---- Rules -----------------------------------------------------------------------------------------------------

# These two change only when what they hold does: other flags, or a file added or removed, rebuild what they must.
stamp = mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@
build/flags: FORCE
	@$(call stamp,$(CC) $(CPPFLAGS) $(WARNINGS) $(release_cflags) $(release_ldflags) $(asan_cflags) $(fuzz_cflags) $(PACKAGES))
build/files: FORCE
	@$(call stamp,$(sort $(sources) $(schema_files) $(sql_files) $(web_files) $(catalogues)))

define variant # (1) its folder, (2) its name
$(1)/obj/%.o: %.c build/flags
	@mkdir -p $$(@D)
	$$(call step,CC,$$@)
	$$(Q)$$(CC) $$(CPPFLAGS) $$(WARNINGS) $$($(2)_cflags) $$(PACKAGE_CFLAGS) -MMD -MP -MT $$@ \
		$(if $(filter release,$(2)),-MT build/tidy/$$*.ok) -c -o $$@ $$<
$(1)/obj/%.o: build/%.c build/flags
	@mkdir -p $$(@D)
	$$(call step,CC,$$@)
	$$(Q)$$(CC) $$(CPPFLAGS) $$(WARNINGS) $$($(2)_cflags) -c -o $$@ $$<

$(1)/libcorridor.a: $(core_src:%.c=$(1)/obj/%.o) $(1)/obj/embed/schemas.o
$(1)/libserver.a: $(server_src:%.c=$(1)/obj/%.o) $(1)/obj/embed/web.o
$(1)/libingest.a: $(ingest_src:%.c=$(1)/obj/%.o) $(1)/obj/embed/sql.o
$(1)/libcorridor.a $(1)/libserver.a $(1)/libingest.a: build/files
	@rm -f $$@
	$$(call step,AR,$$@)
	$$(Q)ar rcs $$@ $$(filter %.o,$$^)

$(foreach main,$(mains),$(1)/$(program_$(main)): $(main:%.c=$(1)/obj/%.o) \
	$(if $(filter server/%,$(main)),$(1)/libserver.a,$(1)/libingest.a) $(1)/libcorridor.a
)
$(foreach main,$(mains),$(1)/$(program_$(main))):
	$$(call step,LINK,$$@)
	$$(Q)$$(CC) $$($(2)_ldflags) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group \
		$$(PACKAGE_LIBS) -pthread

$(1)/tests/%: $(1)/obj/tests/%.o $(unit_help_src:%.c=$(1)/obj/%.o) \
		$(1)/libserver.a $(1)/libingest.a $(1)/libcorridor.a
	@mkdir -p $$(@D)
	$$(call step,LINK,$$@)
	$$(Q)$$(CC) $$($(2)_ldflags) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group \
		$$(PACKAGE_LIBS) -lcmocka -pthread

# llhttp comes as sources alone.
$(1)/obj/llhttp/%.o: /usr/share/llhttp/%.c build/flags
	@mkdir -p $$(@D)
	$$(call step,CC,$$@)
	$$(Q)$$(CC) -w -O1 -g -fPIE $$($(2)_llhttp) $(LLHTTP_CPPFLAGS) -c -o $$@ $$<
$(1)/obj/tests/fuzz/%.o: private CPPFLAGS += $(LLHTTP_CPPFLAGS)
$(1)/tests/fuzz/differential $(1)/tests/fuzz/fuzz_llhttp: $(differ_src:%.c=$(1)/obj/%.o) $(patsubst %,$(1)/obj/llhttp/%.o,api http llhttp)
endef
LLHTTP_CPPFLAGS := -DLLHTTP_STRICT_MODE=1 -I/usr/share/include -I/usr/share/include/llhttp
$(eval $(call variant,build,release))
$(eval $(call variant,build/asan,asan))
$(eval $(call variant,build/fuzz,fuzz))

# Files as bytes. The names the programs see: the file's own name for SQL, the path under server/web for the rest.
build/embed/sql.c: core/embed.sh $(sql_files) build/files
	@mkdir -p $(@D)
	$(call step,EMBED,$@)
	$(Q)core/embed.sh sql $(foreach file,$(sql_files),$(notdir $(file))=$(file)) > $@
build/embed/schemas.c: core/embed.sh $(schema_files) build/files
	@mkdir -p $(@D)
	$(call step,EMBED,$@)
	$(Q)core/embed.sh schemas $(foreach file,$(schema_files),$(notdir $(file))=$(file)) > $@
build/embed/web.c: core/embed.sh $(web_files) $(catalogues_mo) build/files
	@mkdir -p $(@D)
	$(call step,EMBED,$@)
	$(Q)core/embed.sh web $(foreach file,$(web_files),$(file:server/web/%=%)=$(file)) \
		$(foreach file,$(catalogues_mo),$(file:build/%=%)=$(file)) > $@
build/messages/%.mo: server/web/messages/%.po
	@mkdir -p $(@D)
	$(call step,MSGFMT,$@)
	$(Q)msgfmt --check --output-file=$@ $<

# Targets of tests/check: a stamp per file, so that only what changed is looked at again. Tests are left out: their
# assertions end a function in a way that the analyser does not see.
.PHONY: asan-units
asan-units: $(patsubst tests/%.c,build/asan/tests/%,$(unit_src))
.PHONY: asan-db
asan-db: $(patsubst tests/%.c,build/asan/tests/%,$(db_src))
.PHONY: fuzzers
fuzzers: $(patsubst tests/%.c,build/fuzz/tests/%,$(fuzzer_src))
# Paths followed per function, instead of 225,000: a fifth of the time, and what it finds it mostly finds early.
ANALYSER_LIMIT := -Xclang -analyzer-config -Xclang max-nodes=40000
tidy: $(filter build/tidy/core/% build/tidy/server/% build/tidy/ingest/%,$(sources:%.c=build/tidy/%.ok))
build/tidy/%.ok: %.c .clang-tidy
	@mkdir -p $(@D)
	$(call step,TIDY,$<)
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- $(CPPFLAGS) $(ANALYSER_LIMIT) -pthread $(PACKAGE_CFLAGS) \
		> $(@:ok=log) 2>/dev/null || { cat $(@:ok=log); exit 1; }
	@touch $@

-include $(sources:%.c=build/obj/%.d) $(sources:%.c=build/asan/obj/%.d) \
	$(sources:%.c=build/fuzz/obj/%.d)
