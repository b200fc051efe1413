for i in 1 2 3; do echo $i; done
for i in a "b c" d; do echo "[$i]"; done
set -- x y z
for i; do echo $i; done
for i in "$@"; do [ $i = y ] && continue; echo $i; done
for i in 1 2 3 4; do [ $i = 3 ] && break; echo $i; done
for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done
for i in 1 2; do for j in a b; do [ $i = 2 ] && break 2; echo $i$j; done; done
for i in $(seq 3); do echo n$i; done
for i
in last; do echo $i; done
echo "i=$i"
