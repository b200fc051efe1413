echo $RANDOM | grep -qE '^[0-9]+$' && echo random
echo ${#PIPESTATUS[@]} >/dev/null
[ $SECONDS -ge 0 ] && echo seconds
printf -v var '%03d' 7; echo $var
echo "${BASH_VERSION%%.*}" >/dev/null
type -t echo cd if cat nonexist f
f() { :; }; type -t f
command -v f; hash -r; times >/dev/null && echo times
umask 022; umask; umask -S
ulimit -n >/dev/null && echo ulimit
: ${x:=default}; echo $x
echo a{1,2}$x; echo "$-" | grep -q h && echo h
pushd_test=1; echo ${pushd_test}
echo -e 'a\tb\c no'; echo; echo -n x; echo; echo -E 'a\tb'; echo -en 'y\n'; echo -- z
