(sleep 0.1; exit 3) & p=$!
wait $p; echo $?
sleep 0.1 & sleep 0.1 & wait; echo all $?
(exit 5) & wait $!; echo $?
for i in 1 2 3; do (sleep 0.$i; echo bg$i) & done; wait
{ sleep 0.1; echo later; } & echo now; wait
sleep 5 & kill $!; wait $! 2>/dev/null; echo $?
wait 99999 2>/dev/null; echo $?
true & wait; echo end
