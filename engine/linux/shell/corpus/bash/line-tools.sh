printf '3\n1\n2\n' > a; printf 'b\n1\nx\n' > b
tac a; printf 'no\nnewline' | tac; echo
nl a; printf 'x\n\ny\n' | nl; printf 'x\n\ny\n' | nl -ba -w3 -s': '; printf 'x\n' | nl -nrz -v5
sort a > sa; printf '1\n2\n4\n' > sb; comm sa sb; comm -12 sa sb; comm -3 sa sb
printf 'k1 a\nk2 b\nk3 c\n' > l; printf 'k1 x\nk3 z\nk4 w\n' > r
join l r; join -a1 l r; join -v2 l r; join -t: -1 2 -2 1 <(printf '1:a\n') <(printf 'a:2\n'); join -o 1.2,2.2 l r
paste a b; paste -d, a b; paste -s a; paste -d: - - < a; seq 6 | paste - - -
echo 'abcdefghij' | fold -w4; echo 'the quick brown fox' | fold -s -w10
printf 'a\tb\n' | expand; printf 'a\tb\n' | expand -t4; printf '        x\n' | unexpand
seq 10 > s; split -l 4 s part.; ls part.*; cat part.ac; split -b 5 -d s num.; ls num.*; rm part.* num.*
printf 'a 1\nbbb 22\n' | column -t; printf 'a:b\nccc:d\n' | column -t -s:
shuf -e x y z | sort; seq 5 | shuf | sort -n | tr '\n' ' '; echo; shuf -i 1-3 -n 3 | sort
diff a b; echo $?; diff a a; echo $?; diff -q a b; seq 10 > d1; seq 10 | sed -e '3d' -e 's/7/seven/' > d2; diff d1 d2
diff -u d1 d2 | tail -n +3; diff -u0 d1 d2 2>/dev/null | tail -n +3 | head -1 >/dev/null; diff -w <(echo 'a  b') <(echo 'a b'); echo $?
mkdir t1 t2; echo x > t1/f; echo y > t2/f; echo z > t2/g; diff -r t1 t2; diff -rq t1 t2; diff nothere a 2>/dev/null; echo $?
cmp a b; echo $?; cmp a a; echo $?; cmp -s a b; echo $?; printf 'ab' > p; printf 'abc' > q; cmp p q 2>/dev/null; echo $?
expr 1 + 2 '*' 3; expr 7 % 3; expr 10 / 3; expr abc : 'a\(.\)c'; expr abcd : 'ab'; expr length hello; expr substr hello 2 3; expr index hello l
expr 1 = 1; expr a '<' b; expr 0; echo $?; expr '' '|' x; expr 1 '&' 0; echo $?; expr '(' 1 + 1 ')' '*' 2; expr 1 / 0 2>/dev/null; echo $?; expr a + 1 2>/dev/null; echo $?
printf 'hello\n' | od -c; printf 'hello\n' | od -An -tx1; printf 'hello world 12345' | od -A d -t x1z 2>/dev/null >/dev/null; printf 'AB\0\377' | od -tx1 -tc; printf 'abcd' | od -tu2 -An; printf 'abcdefgh' | od
printf 'hello world, hex\n' | hexdump -C; printf 'abc' | hexdump; printf 'hello' | xxd; printf 'hello' | xxd -p; printf '68656c6c6f' | xxd -r -p; echo; printf 'hello world again' | xxd | xxd -r; echo
printf 'abc\001defgh\002ij' | strings
printf 'hello' | cksum; printf '' | cksum; printf 'hello' > ck; cksum ck
truncate -s 10 tr; stat -c %s tr; truncate -s +5 tr; stat -c %s tr; truncate -s 1K tr; stat -c %s tr; truncate -s -24 tr; stat -c %s tr
d=$(mktemp -d); test -d "$d" && echo dir; f=$(mktemp "$d/x.XXXXXX"); stat -c '%a %s' "$f"; basename "$f" | tr -c 'x.\n' '?'; rm -r "$d"
install -m 600 a inst; stat -c %a inst; install -d -m 750 in/st; stat -c %a in/st
