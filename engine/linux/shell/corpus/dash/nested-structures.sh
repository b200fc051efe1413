for i in 1 2; do if [ $i = 1 ]; then case $i in 1) while :; do echo deep; break; done;; esac; else { echo group; (echo sub); }; fi; done
f() { if [ $# -gt 0 ]; then echo $1; shift; f "$@"; fi; }; f a b c
{ { echo x; } | { cat; }; } | cat
if for i in 1; do false; done; then echo t; else echo f; fi
x=$(if true; then for i in a b; do echo $i; done; fi); echo $x
(while read l; do echo "<$l>"; done) <<E
one
$(echo two)
E
case $(echo a) in $(echo a)) echo match;; esac
while read a; do while read b; do echo $a$b; done <<I
1
2
I
done <<O
x
y
O
a=1; [ $a = 1 ] && { echo yes; } || { echo no; }
