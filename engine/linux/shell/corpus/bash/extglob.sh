shopt -s extglob
for x in foo bar foobar foofoo '' a.txt b.jpg; do
case $x in @(foo|bar)) echo "$x:at";; +(foo)) echo "$x:plus";; *.@(jpg|png)) echo "$x:img";; ?(x)) echo "$x:opt";; !(*.txt)) echo "$x:not";; *) echo "$x:other";; esac; done
v=aaabbb; echo ${v##+(a)} ${v%%+(b)} ${v/+(a)/X}
s="  trim  "; s=${s##+( )}; s=${s%%+( )}; echo "[$s]"
