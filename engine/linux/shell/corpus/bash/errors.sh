exec 2>&1
nonexistent-cmd; echo $?
./nofile; echo $?
cd /nonexistent; echo $?
echo x > /nonexistent/file; echo $?
cat < /nonexistent; echo $?
/tmp; echo $?
[ 1 -eq x ]; echo $?
[ a b c ]; echo $?
readonly r=1; (r=2; echo no); echo $?
(set -u; echo $undefined; echo no); echo $?
(echo ${u:?custom}; echo no); echo $?
shift 99; echo $?
unset -v r2; kill -0 999999; echo $?
type nonexistent; echo $?
(exit abc); echo $?
break; echo $?
. /nonexistent; echo $?
echo $((1/0)); echo unreached-in-line
echo after
