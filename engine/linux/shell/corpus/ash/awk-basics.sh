cat > data <<'END'
alice 30 paris
bob 25 london
carol 35 paris
dave  40   berlin
END
awk '{ print $1 }' data
awk '{ print NR, NF, $NF; n += $2 } END { print n, n / NR }' data
awk '$2 > 28 && /paris/' data
awk 'NR == 2, NR == 3 { print NR ": " $0 }' data
awk '!/paris/ { print toupper($1) }' data
awk -F: '{ print $2 }' <<X
'a:b:c'
X
awk -F'[:,]' -v OFS=- '{ $1 = $1; print; print NF }' <<X
'a:b,c'
X
awk 'BEGIN { FS = "," } { print $1 "|" $2 }' <<X
'x,y z'
X
awk '{ $5 = "e"; print; print NF; NF = 2; print }' <<X
'a b c'
X
awk 'BEGIN { while ((getline line < "data") > 0) n++; print n }'
awk '{ count[$3]++ } END { for (c in count) print c, count[c] | "sort"; close("sort"); print "done" }' data
awk 'BEGIN { "echo hi" | getline x; print x; system("echo from system"); print "end" }'
awk 'END { print NR, $0 }' data
awk 'BEGIN { printf "%5d|%-5s|%05.1f|%x|%c|%c|%e|%g\n", 42, "ab", 3.14159, 255, 65, "hello", 12345.678, 0.0001 }'
awk 'BEGIN { print length("hello"), length() }'
awk -v n=3 'BEGIN { print n + 1, n "x" }'
awk '{ print FILENAME, FNR, NR }' data data | tail -2
echo "a b" | awk '{ print > "/dev/stderr" }' 2>&1
awk 'BEGIN { exit 3 } END { print "end" }'; echo $?
awk '{ exit 4 } END { print "end", NR }' data; echo $?
awk 'BEGIN { print substr("hello", 2, 3), substr("hello", 4) }'
awk 'BEGIN { print index("foobar", "bar"), match("foobar", /o+/), RSTART, RLENGTH }'
awk 'BEGIN { s = "aaa"; n = gsub(/a/, "b&b", s); print n, s; sub("b", "[\\&]", s); print s }'
awk 'BEGIN { n = split("a:b:c", p, ":"); print n, p[1], p[3]; n = split("", p); print n, length(p) }'
awk 'BEGIN { print 1e6, 1000000 * 10, 0.1 + 0.2, 1 / 3, 7 % 3, -7 % 3 }'
awk 'BEGIN { print (1 < 2) ? "yes" : "no"; print 1 == 1.0, "a" < "b", "10" < "9", 10 < 9 }'
echo "10 9" | awk '{ print ($1 < $2), ($1 < "9") }'
awk 'BEGIN { x["a"]; if ("a" in x) print "in"; delete x["a"]; print ("a" in x); print length(x) }'
awk 'BEGIN { a[1, 2] = 3; for (k in a) { split(k, p, SUBSEP); print p[1], p[2] } if ((1, 2) in a) print "yes" }'
