echo hello | cat | tr a-z A-Z
seq 5 | while read n; do echo $((n*n)); done | tr '\n' ,; echo
printf 'b\na\nc\n' | sort | head -n 1
x=1; echo 2 | read x; echo $x
echo a | { cat; echo b; } | sort -r
yes | head -n 3
echo foo | (cat; echo bar)
true | exit 3; echo $?
seq 1000 | tail -n 1
echo x | cat - | cat | cat | cat
