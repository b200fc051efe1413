trap 'echo exit-trap' EXIT
trap 'echo got-usr1' USR1
kill -USR1 $$
echo after
trap '' USR2; kill -USR2 $$; echo survived
trap - USR1
(trap 'echo sub-exit' EXIT; exit 3); echo $?
trap 'echo term; exit 9' TERM
sh -c 'trap "echo inner" INT; kill -INT $$; echo done'
x=$(trap 'echo in-sub' EXIT; echo body); echo "$x"
kill -TERM $$
echo not-reached
