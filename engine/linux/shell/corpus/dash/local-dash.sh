f() { local x; echo "[${x-unset}]"; x=2; }; x=1; f; echo $x
g() { local a=1 b=2; echo $a$b; }; g; echo "[$a]"
