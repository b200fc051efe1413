f=/tmp/corpus-r.$$
echo one > $f; echo two >> $f; cat < $f
echo err 1>&2 2>/dev/null
{ echo a; echo b; } > $f; cat $f
( echo c ) >> $f; wc -l < $f | tr -d ' '
exec 3> $f; echo via3 >&3; exec 3>&-; cat $f
exec 4< $f; read l <&4; exec 4<&-; echo "$l"
ls /nonexistent 2>/dev/null || echo failed
echo both > $f 2>&1; cat $f
{ echo out; echo err >&2; } 2>&1 | sort
for i in 1 2; do echo $i; done > $f; cat $f
while read x; do echo "r:$x"; done < $f
: > $f; [ -s $f ] || echo empty
echo x | { read y; echo "y=$y"; }
cat < /dev/null
{ cat; } < $f; echo done
echo rw <> $f; cat $f; 
echo swap 3>&1 1>&2 2>&3 | cat
rm $f
