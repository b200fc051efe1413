exec 2>&1
set -x; echo a "b c" '$x' ''; x=1; y="a b"; [ a = a ]; f() { :; }; f q; set +x
echo off
