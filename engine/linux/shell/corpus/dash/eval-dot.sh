x='echo evaluated'; eval $x
eval 'y=5; echo $y'; echo $y
eval "echo a;" "echo b"
a=b; b=c; eval echo \$$a
eval 'exit_in_eval() { return 3; }'; exit_in_eval; echo $?
f=/tmp/corpus-e.$$
echo 'sourced=yes; echo in-dot $1; return 4; echo no' > $f
. $f; echo $? $sourced
eval false; echo $?
eval; echo $?
cat > $f <<'E'
echo "script $1 $#"
exit 6
E
sh $f arg1 arg2; echo $?
rm $f
