exec 2>&1
nonexistent-cmd; echo $?
./nofile; echo $?
cd /nonexistent; echo $?
echo x > /nonexistent/file; echo $?
cat < /nonexistent; echo $?
/tmp; echo $?
[ 1 -eq x ]; echo $?
(readonly r=1; r=2; echo no); echo $?
(set -u; echo $undefined; echo no); echo $?
(echo ${u:?custom}; echo no); echo $?
(shift 99; echo no); echo $?
(echo $((1/0)); echo no); echo $?
kill -0 999999; echo $?
type nonexistent; echo $?
(. /nonexistent; echo no); echo $?
(exit abc); echo $?
(export 1x=2; echo no); echo $?
