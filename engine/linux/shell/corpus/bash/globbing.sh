d=/tmp/corpus-g.$$; mkdir $d; cd $d
touch a.txt b.txt c.md .hidden 'with space' '[x]'
mkdir sub; touch sub/d.txt sub/e.md
echo *; echo *.txt; echo ?.md; echo [ab].txt; echo [!a].txt; echo .h*
echo */*; echo sub/*.txt; echo nope*; echo "*.txt" '*' \*
x='*.md'; echo $x "$x"
for f in w*; do echo "<$f>"; done
echo *"space"; echo \[x]; echo [[]x]
set -f; echo *.txt; set +f
echo s*/; echo /tm[p]; echo ./*.md
cd /; rm -r $d
