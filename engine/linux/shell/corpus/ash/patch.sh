exec 2>&1
mkdir -p x; seq 1 20 > base; sed 's/^10$/ten/' base > g
{ echo '--- f'; echo '+++ g'; diff -u base g | tail -n +3; } > p.diff
try() { patch "$@" < /dev/null; echo "rc=$?"; ls f*; md5sum < f; }
cp base f; try f p.diff; cp g f; try -R f p.diff
(echo a; echo b; cat base) > f; try f p.diff
cp base f; try -p0 -i p.diff
sed 's#^--- f#--- a/x/f#;s#^+++ g#+++ b/x/f#' p.diff > git.diff
cp base x/f; patch -p1 < git.diff; echo "rc=$?"; md5sum x/f
printf -- '--- /dev/null\n+++ new\n@@ -0,0 +1,2 @@\n+a\n+b\n' | patch -p0; cat new
