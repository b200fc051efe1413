echo "$(echo a b)" $(echo   c   d) `echo e`
echo "$(echo "nested $(echo deep)")"
x=$(printf 'a\n\n\n'); echo "[$x]"
x=$(false); echo $?
x=$(exit 3); echo $?
echo `echo \`echo inner\``
echo "$(cat <<E
here
E
)"
f() { echo "in f"; return 4; }
y=$(f); echo "$? $y"
echo $(for i in 1 2 3; do echo $i; done)
echo "$(case a in a) echo yes;; esac)"
set -- $(echo x y z); echo $# $2
