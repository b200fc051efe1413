set -- a b c; echo $# "$*"
set x y; echo $1 $#
set --; echo $#
set -u; (echo ${undefined-ok}); set +u
(set -e; false; echo not-reached); echo $?
(set -e; false || true; echo reached); echo $?
(set -e; if false; then :; fi; echo ok)
(set -e; ! true; echo bang)
(set -e; f() { false; echo after; }; f || echo handled)
(set -e; (exit 3); echo no); echo $?
(set -e; x=$(false); echo no); echo $?
(set -e; false && true; echo and-ok)
(set -e; while false; do :; done; echo loop-ok)
(set -e; true | false; echo no); echo $?
set -f; echo *; set +f
case $- in *f*) echo f;; *) echo nof;; esac
