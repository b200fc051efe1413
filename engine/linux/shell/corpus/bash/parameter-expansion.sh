v=/path/to/file.tar.gz
echo ${v#*/} ${v##*/} ${v%.*} ${v%%.*} ${#v}
echo ${v%/*} ${v#/path} ${v%nomatch}
u=; echo ${u:-default} ${u-set} ${u:+alt} ${u+alt2}
unset u; echo ${u:-default} ${u-unset} [${u:+alt}] [${u+alt2}]
echo ${u:=assigned} $u
x=abc; echo ${x#a} ${x#?} ${x%[bc]} ${x##*} "${x#"a"}"
p='*'; y='a*b'; echo "${y#a$p}" "${y#a"$p"}" "${y%%"*"*}"
echo "${u:-"a b"}" ${z:-a b}
set -- one two; echo ${1} ${2} ${3:-none} ${#} $# ${#1}
echo "${10-ten}" 
a='~'; echo "$a" ~+ | sed "s,$PWD,PWD,"
echo ${x:-$(echo not-run >&2)}
echo "${q-'single'}" ${q-'single'}
echo ${x+"$x"y} "${x:+"in $x"}"
