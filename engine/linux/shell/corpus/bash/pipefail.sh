false | true; echo $?
set -o pipefail; false | true; echo $?; true | true; echo $?; (exit 3) | (exit 4) | true; echo $?
set +o pipefail; false | true; echo $?
set -euo pipefail; echo "${x:-d}"; f() { echo f; }; f | cat
true | false || echo caught
echo end
