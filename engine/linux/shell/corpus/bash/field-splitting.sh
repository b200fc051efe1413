n() { echo "$#:" "$@"; }
x="a b  c"; n $x; n "$x"; n $x$x
IFS=:; y="a:b::c:"; n $y; n "$y"
IFS=', '; z="a , b,c  d,,e"; n $z
IFS=; n $x
unset IFS; n $x
IFS=x; w=axbxc; n $w; echo $w
IFS=' 	
'
e=; n $e; n "$e"; n $e"" ; n ''$e
n a$x; n ${x}b; n "a"$x"b"
set -- "1 2" 3; n $@; n "$@"; n $*; n "$*"
IFS=-; n "$*"; IFS=; n "$*"; unset IFS; n "$*"
set --; n "$@"; n "$*"; n x"$@"y
