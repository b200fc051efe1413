x=1; (x=2; echo $x); echo $x
(cd /; pwd); 
( exit 3 ); echo $?
(f() { echo f; }; f); f 2>/dev/null || echo nof
{ x=3; }; echo $x
(echo a; (echo b; (echo c)))
x=$( (echo nested) ); echo $x
(trap 'echo bye' EXIT; echo hi)
echo $( (exit 2) || echo failed)
( set -- p q; echo $# ); echo $#
(:) && echo ok
