cat > p.awk <<'END'
# a comment
function fact(n) {
  if (n <= 1) return 1
  return n * fact(n - 1)
}
function fill(arr, n,    i) { for (i = 1; i <= n; i++) arr[i] = i * i }
function swap(a, i, j, t) { t = a[i]; a[i] = a[j]; a[j] = t }
BEGIN {
  print fact(10)
  fill(sq, 5); for (i = 1; i <= 5; i++) printf "%s ", sq[i]; print ""
  swap(sq, 1, 5); print sq[1], sq[5], i
  i = 0
  do { i++; if (i == 2) continue; if (i > 4) break; printf "%d,", i } while (1)
  print ""
  for (;;) { if (++k > 3) break }
  print k, k++, k, ++k, k--, k
  while (k > 0)
    k--
  print k
  if (k) print "non-zero"; else print "zero"
  if (!k)
    print "not"
  else
    print "is"
  s = "x"; s = s s; s = s "-" s; print s
  print -2 ^ 2, 2 ^ 3 ^ 2, !0, !"", !"a", - -3
  print 1 + 2 " " 3 * 4, "a" > "/dev/stdout"
  print length "x"
  print substr("abc", 2) substr("xyz", 1, 1)
  print "tab\there", "quote\"", "back\\slash", "oct\101"
  x += 5; x -= 1; x *= 3; x /= 2; x %= 4; x ^= 2; print x
  y = z = 7; print y, z
  print ("abc" ~ /b/), ("abc" ~ "^a.c$"), ("abc" !~ /z/), "a.c" ~ "a\\.c"
  $0 = "one two three"; print $2, NF; $2 = ""; print; print NF
  print tolower("ABC") toupper("def")
  print int(3.9), int(-3.9), int("12abc"), sqrt(16), exp(0), log(1), sin(0), cos(0), atan2(0, -1)
  printf "%d%%\n", 50
  printf "%-10s|%10s|%.2s|%*d\n", "left", "right", "cut", 5, 42
  printf "%i %o %u %X %E %G\n", 7, 8, 9, 255, 1.5, 1e10
  print 1==1, 1!=1
  print 1,2,3
  print(1)(2)
  print (1,2)
  nums = "3 1 2"; n = split(nums, a, " ")
  for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++) if (a[j] < a[i]) swap(a, i, j)
  print a[1] a[2] a[3]
  OFS = "-"; $0 = "a b c"; $1 = $1; print
  print substr("hello", 2.5, 2), 1e3, 1.0, "1.0" + 0
  print index("abc", ""), length(12345)
  printf("%s\n", "parens")
  getline line < "nothere"; print line "|"
  print (getline line < "nothere")
}
END
awk -f p.awk
printf 'a\nb\n\nc\nd\n\n\n\ne\n' | awk 'BEGIN { RS = "" } { print NR ": " $1 "/" $NF " " NF }'
printf 'a;b;c' | awk 'BEGIN { RS = ";" } { print NR, $0 }'
printf 'k=v\nx=y=z\n' | awk -F= '{ print $1, $2, NF }'
printf 'one\ntwo\nthree\n' | awk 'NR == 1 { next } { print } NR == 2 { getline; print "got " $0 }'
printf '1\n2\n3\n4\n' | awk 'NR % 2'
printf '1\n2\n3\n4\n' | awk 'NR==2,/4/'
printf 'b 2\na 1\n' | awk '{ print $2, $1 | "sort" } END { print "last" }'
awk 'BEGIN { print ARGC, ARGV[1], ARGV[2] }' x y=1
printf 'l1\n' > f1; awk '{ print v, $0 }' v=1 f1 v=2 f1
awk 'BEGIN { print ENVIRON["HOME"] }'
awk 'BEGIN { printf "no newline" }'; echo
awk 'BEGIN { print 1,, 2 }'; echo $?
awk 'BEGIN { nope(1) }'; echo $?
awk '{ print }' nothere 2>/dev/null; echo $?
echo 'x  y   z' | awk '{ print $1, $3 }' OFS=:
echo 'a,b;c' | awk -F'[,;]' '{ for (i = NF; i > 0; i--) printf "%s%s", $i, (i > 1 ? " " : "\n") }'
ps_like='USER PID %CPU
root 1 0.5
www 22 10.25
www 23 2.0'
echo "$ps_like" | awk 'NR > 1 { cpu[$1] += $3 } END { for (u in cpu) printf "%-6s %6.2f\n", u, cpu[u] }' | sort
echo "$ps_like" | awk 'NR > 1 && $3 > max { max = $3; who = $1 } END { print who, max }'
echo '2024-01-15 10:30:00 ERROR disk full' | awk '{ split($1, d, "-"); print d[3] "/" d[2] "/" d[1], $3; $1 = $2 = ""; print }'
seq 10 | awk '{ s += $1; sq += $1 * $1 } END { print s, sq, s / NR; printf "%.3f\n", sqrt(sq / NR - (s / NR) ^ 2) }'
seq 5 | awk '{ a[NR] = $0 } END { for (i = NR; i > 0; i--) print a[i] }' | tr '\n' ' '; echo
awk 'BEGIN { while ("echo a; echo b" | getline l) print "<" l ">" }'
awk 'BEGIN { if (!(3 in x)) print "no"; x[3]; if (3 in x) print "yes" }'
awk 'BEGIN { s = "hello world"; gsub(/o/, "0", s); gsub(/l+/, "L", s); print s; t = "a.b.c"; gsub(/\./, "", t); print t }'
awk 'BEGIN { t = "abc"; gsub(//, "-", t); print t; u = "aaa"; print gsub(/x*/, "-", u), u }'
