exec 2>&1
mkdir -p x; seq 1 20 > base; sed 's/^10$/ten/' base > g
{ echo '--- f'; echo '+++ g'; diff -u base g | tail -n +3; } > p.diff
try() { patch "$@" < /dev/null; echo "rc=$?"; ls f*; cat f.rej 2>/dev/null; cksum < f; rm -f f.orig f.rej; }
echo exact; cp base f; try f p.diff
echo again; try f p.diff
echo forward; try -N f p.diff
echo batch; try -t f p.diff
echo reverse; cp g f; try -R f p.diff
echo unreversed; try -R f p.diff
echo offset; (echo a; echo b; cat base) > f; try f p.diff
echo fuzz; sed 's/^7$/seven/' base > f; try f p.diff
echo fuzz and offset; (echo a; sed 's/^13$/x/;s/^8$/y/' base) > f; try f p.diff
echo no fuzz; sed 's/^7$/seven/' base > f; try -F 0 f p.diff
echo fails; sed 's/^10$/zehn/' base > f; try f p.diff
echo dry; cp base f; try --dry-run f p.diff
sed 's/^10$/zehn/' base > f; try --dry-run f p.diff
echo names; cp base f; try -p0 -i p.diff
sed 's#^--- f#--- a/x/f#;s#^+++ g#+++ b/x/f#' p.diff > git.diff
cp base f; try -p1 -i git.diff
cp base x/f; patch -p1 < git.diff; echo "rc=$?"; cksum x/f; cp base f; try -i git.diff
echo several hunks; sed 's/^2$/two/;s/^10$/ten/;s/^19$/x\ny/' base > g; { echo '--- f'; echo '+++ g'; diff -u base g | tail -n +3; } > m.diff; sed 's/^10$/zehn/' base > f; try f m.diff; cat f
(echo 0; cat base) > f; try f m.diff
echo creates and deletes; printf -- '--- /dev/null\n+++ new/file\n@@ -0,0 +1,2 @@\n+a\n+b\n' > c.diff; patch -p0 -i c.diff; cat new/file
patch -p0 -i c.diff < /dev/null; echo "rc=$?"; rm -f new/*.rej
printf -- '--- new/file\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n' > d.diff; patch -p0 -i d.diff; ls new/file
echo no newline; printf 'a\nb' > n1; printf 'a\nc' > n2; diff -u n1 n2 > n.diff; patch n1 -i n.diff; cksum < n1; patch -R n1 -i n.diff; cksum < n1
echo output; cp base f; patch f -i p.diff -o made; cmp made f; patch -b f -i p.diff; ls f*; patch -s -R f -i p.diff
echo nonsense; echo hello | patch f; echo "rc=$?"; patch f -i nope; echo "rc=$?"
printf -- '--- f\n+++ f\n@@ -1,3 +1,3 @@\n 1\n-2\nzz\n' | patch f 2>&1 | head -2
echo beginning and end; printf 'a\nb\nc\n' > f; printf 'A\nb\nc\n' > g; diff -u f g > h.diff; printf 'x\na\nb\nc\n' > f; try f h.diff
printf 'a\nb\nc\n' > f; printf 'a\nb\nC\n' > g; diff -u f g > h.diff; printf 'a\nb\nc\nd\n' > f; try f h.diff
printf 'a\nb\nc\n' > f; printf 'a\nb\nc\nd\n' > g; diff -u f g > h.diff; try f h.diff; cat f
