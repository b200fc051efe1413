a=1 b=2; echo "$a$b"
a=$b c=$a; echo "$a $c"
x="two  spaces"; y=$x; echo "$y"
x=*; echo "$x"; z=$x; echo "$z"
unset a; echo "[${a-unset}] [${a:-empty}]"
a=; echo "[${a-unset}] [${a:-empty}]"
v=$(echo one; echo two); echo "$v"
FOO=bar env | grep ^FOO=
FOO=x; FOO=y true; echo $FOO
readonly R=5; echo $R
