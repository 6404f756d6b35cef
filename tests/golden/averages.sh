#!/bin/bash
# The World Bank's corridor averages against those of a running server that holds its survey: averages.sh [OPTIONS]
# with the options of rpw_averages.py. Needs the programs running without data (tests/run.sh starts them).
set -euo pipefail
cd "$(dirname "$0")/../.."
survey=${CORRIDOR_DATA:-../shared/data}/rpw_2011_2014q2_services.csv
[ ! -e "$survey" ] || build/corridor import rpw "$survey"
exec tests/golden/rpw_averages.py "$@"
