((x=5)); echo $x $?
((0)); echo $?; ((1)); echo $?
for ((i=0; i<3; i++)); do echo $i; done
for ((i=0,j=5; i<j; i++,j--)); do echo $i $j; done
((x++)); ((x+=2)); echo $x; ((y = x > 5 ? 1 : 0)); echo $y
if ((x > 3 && y)); then echo big; fi
while ((x-- > 6)); do echo x$x; done
echo $((2**10)) $((x++ + ++x)) $((16#ff)) $((2#101)) $((36#z))
let a=3+4 b=a*2; echo $a $b; let 'c = a > 3'; echo $c
((i=1, i+=4)); echo $i
for ((;;)); do ((++n > 3)) && break; done; echo $n
echo $(( 1 ? 2 : 3 )) $((-7/2)) $((-7%3)) $((7&-8))
