f() { echo "args: $# $1 $2"; }
f a b; f
g() { local x=in; echo $x; y=global; }
x=out; g; echo $x $y
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1-1))) )); fi; }
fact 10
h() { return; }; false; h; echo $?
r() { for i in 1 2 3; do [ $i = 2 ] && return $i; done; }; r; echo $? $i
k() ( cd /; v=sub; ); v=main; k; echo $v
outer() { inner() { echo inner; }; inner; }; outer; inner
set -- a b c; s() { shift; echo "$1"; }; s 1 2; echo $1
redir() { echo out; } > /tmp/corpus-f.$$; redir; cat /tmp/corpus-f.$$; rm /tmp/corpus-f.$$
unset -f f; f 2>/dev/null; echo $?
