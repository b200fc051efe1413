echo "a b c" | { read x y; echo "[$x][$y]"; }
echo "  lead trail  " | { read x; echo "[$x]"; }
echo 'back\slash' | { read x; echo "$x"; }
echo 'back\slash' | { read -r x; echo "$x"; }
printf 'one\\\ntwo\n' | { read x; echo "$x"; }
echo "a:b:c" | { IFS=: read x y z; echo "$x-$y-$z"; }
echo "a:b:c:d" | { IFS=: read x y; echo "$x-$y"; }
printf 'nonewline' | { read x; echo "$? $x"; }
read x </dev/null; echo "$? [$x]"
printf '1\n2\n3\n' | { read a; read b; cat; echo "$a$b"; }
printf 'x y\n' | while read a b c; do echo "<$a><$b><$c>"; done
echo "a,b, c" | { IFS=', ' read x y z; echo "$x|$y|$z"; }
