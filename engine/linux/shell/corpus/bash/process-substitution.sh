cat <(echo one) <(sleep 0.05; echo two)
while read x; do echo "r$x"; done < <(seq 3)
n=0; while read x; do n=$((n+x)); done < <(seq 4); echo $n
grep -c . <(seq 5; sleep 0.05)
