i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done
until [ $i -eq 0 ]; do i=$((i-1)); echo u$i; done
while true; do i=$((i+1)); [ $i -gt 3 ] && break; [ $i = 2 ] && continue; echo w$i; done
while read a; do echo $a; done <<E
x
y
E
i=5; while i=$((i-1)); [ $i -gt 2 ]; do echo $i; done
n=0; while :; do n=$((n+1)); if [ $n -eq 100 ]; then break; fi; done; echo $n
while false; do :; done || echo no; echo $?
