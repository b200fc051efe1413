exec 2>&1
set -x; echo a "b c"; x=1; y=$x; [ a = a ]; set +x
echo off
