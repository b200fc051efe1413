true; echo $?
false; echo $?
! true; echo $?
! false; echo $?
(exit 5); echo $?
true && false; echo $?
false || true; echo $?
false && echo no; echo $?
if false; then :; fi; echo $?
while false; do :; done; echo $?
for i in; do :; done; echo $?
f() { return 300; }; f; echo $?
sh -c 'exit 42'; echo $?
true | false; echo $?
false | true; echo $?
sh -c 'kill -9 $$' 2>/dev/null; echo $?
exit 7
