mkdir -p src/sub; echo hello > src/a.txt; echo world > src/sub/b.txt; touch -d '2024-01-15 10:30:00' src/a.txt
tar cf all.tar src; tar tf all.tar | sort; tar tvf all.tar src/a.txt | sed 's/^\(.\{10\}\).* 2/\1 2/'; mkdir o; tar xf all.tar -C o; cat o/src/sub/b.txt
tar czf a.tgz src; tar tzf a.tgz | sort; tar xOf all.tar src/a.txt; tar tf nothere 2>&1; echo $?; gzip src/a.txt; ls src; zcat src/a.txt.gz; gunzip src/a.txt.gz; ls src
printf '3\n1\n2\n' | sort -r; printf 'a b c\n' | cut -d' ' -f2; echo hello | tr a-z A-Z; printf 'x\ny\n' | tac; printf 'b\na\n' | nl; seq 3 | paste -s -d,
printf 'hello\n' | hexdump -C; printf 'hello' | xxd; printf 'hello\n' | od -c; expr 2 + 3; expr abc : 'a\(.\)'; cal 2 2024
printf '1\n2\n3\n' > a; printf '1\nx\n3\n' > b; diff a b | tail -n +3; cmp a b; echo abcdef | fold -w 4
ls nothere 2>&1; cat nothere 2>&1; grep x nothere 2>&1; rm nothere 2>&1; mkdir src 2>&1; cp nothere x 2>&1; mv nothere x 2>&1; rmdir src 2>&1; head nothere 2>&1; ls -z 2>&1 | head -1
find src -name '*.txt' | sort; find . -type d | sort | head -3; echo a b c | xargs -n1 echo -; printf 'a\0b\0' | xargs -0 -n1 echo; sed -n '2p' a; sed 's/1/one/;$d' a; grep -c . a; grep -n x b; grep -v x b; wc -l a; wc < a
date -u -d '2024-01-15 10:30:00' '+%Y/%m/%d %H:%M'; date -u -d @0 '+%F %T'; sleep 0.1; basename /a/b.c .c; dirname /a/b; printf '%05.2f|%s\n' 3.14159 x; seq 1 2 7; echo $((7 * 6)); test -f a && echo yes; [ 1 -lt 2 ] && echo less
stat -c '%n %s %a' a; du -s src | cut -f2; md5sum a; sha256sum a | cut -c1-16; base64 a; head -n 1 a; tail -n 1 a; tail -c 2 a; uniq -c a | head -1; id -u; env | grep -c ^HOME; uname; yes | head -2; rev a | head -1; sort -n -k1 a | tail -1; true; echo $?; false; echo $?
