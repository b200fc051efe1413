echo $# "$0" | sed 's,.*/,,'
set -- a; echo "$@" "$*" "$#"
false; echo $?; echo $?
sleep 0 & wait $!; echo $?
[ -n "$$" ] && echo pid
x=$$; y=$(echo $$); [ $x = $y ] && echo same
[ "$PPID" -gt 0 ] && echo ppid
cd /tmp; echo $PWD $OLDPWD | cut -d' ' -f1; cd - >/dev/null
export E=exported; sh -c 'echo $E'
unset E; sh -c 'echo "[$E]"'
