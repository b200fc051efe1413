trap 'echo alarm' USR1
(sleep 0.1; kill -USR1 $$) &
sleep 1 & wait $!; echo $?
wait; echo end
