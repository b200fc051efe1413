(exec echo replaced; echo no)
(exec 5>&1; echo five >&5)
f=/tmp/corpus-x.$$
(exec > $f; echo to-file); cat $f
(exec < $f; read x; echo "[$x]")
(exec nonexistent 2>/dev/null; echo no); echo $?
sh -c 'exec sh -c "echo $$ >/dev/null; echo inner"'
(exec 2>/dev/null; echo hidden >&2; echo shown)
rm $f
trap 'echo not-run' EXIT
exec echo last
