s="Hello World"
echo ${s:0:5} ${s:6} ${s: -5} ${s:(-5):2} ${s:1:-1}
echo ${s/o/0} ${s//o/0} ${s/#Hello/Bye} ${s/%World/There} ${s//o} ${s/x/y}
echo ${s^} ${s^^} ${s,} ${s,,} ${s^^[aeiou]}
n=s; echo ${!n}; p=abc; r=p; echo ${!r}
echo ${s@Q} ${s@U} ${s@L}
set -- a b c d; echo ${@:2} ${@:2:2} ${@: -1} "${*:1:2}" ${@:0:1} | sed 's,[^ ]*\.sh,SCRIPT,'
x=a.b.c; echo ${x//./-} ${x//[ac]/X} ${x/./\/}
path=/a/b; echo ${path//\//:}
v='a b'; echo "${v/ /_}" "${v// /}"
y=; echo ${#y} ${#s}
arr=(foo bar); echo ${arr[@]^} ${arr[@]/o/0}
z='x*y'; echo "${z/\*/star}" "${z//[*]/s}"
