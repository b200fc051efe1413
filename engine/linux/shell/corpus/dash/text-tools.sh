printf 'c 3\na 1\nb 2\n' | sort
printf '10\n9\n100\n' | sort -n; printf 'a\nb\na\n' | sort -u
printf 'x:3\ny:1\n' | sort -t: -k2n
printf 'a\na\nb\n' | uniq -c | sed 's/^ *//'
printf 'one,two,three\n' | cut -d, -f2,3; echo abcdef | cut -c2-4
echo hello | tr 'a-y' 'b-z'; echo aabbcc | tr -s a-c; echo a1b2 | tr -d 0-9
printf '1\n2\n3\n4\n' | head -n 2; printf '1\n2\n3\n4\n' | tail -n 2; printf '1\n2\n3\n' | tail -n +2
printf 'foo\nbar\nbaz\n' | grep ba; printf 'foo\nbar\n' | grep -v foo; printf 'a\nA\n' | grep -ic a
printf 'foo123\n' | grep -oE '[0-9]+'; printf 'x\ny\n' | grep -n y; grep -q nothing /etc/passwd || echo no
printf 'a b\n' | sed 's/a/X/'; printf 'aaa\n' | sed 's/a/b/g'; printf '1\n2\n3\n' | sed -n 2p; printf '1\n2\n3\n' | sed 2d
printf 'k=v\n' | sed -E 's/([a-z])=([a-z])/\2=\1/'; printf 'a\nb\nc\n' | sed '/b/,$d'; printf 'x\n' | sed 's,x,a/b,'
seq 3 | sed '$!d'; seq 5 | sed -n '2,4p'; echo abc | sed 's/b/[&]/'; seq 2 | sed 'i\
ins'; seq 3 | sed -e 1d -e 's/3/three/'
seq 2 | sed 'N;s/\n/-/'; echo path/x | sed 's#/#:#'
basename /a/b.txt .txt; dirname /a/b/c; seq 1 2 7; seq 3 -1 1
echo x | tee /dev/null; echo "a b c" | xargs -n1 echo; printf 'a\nb\n' | xargs echo; printf '1\n2\n' | xargs -I{} echo n{}
printf abc | md5sum; printf abc | sha256sum; echo hello | base64; echo aGVsbG8K | base64 -d
wc -w < /dev/null | tr -d ' '
