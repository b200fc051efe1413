if true; then echo 1; fi
if false; then echo 1; else echo 2; fi
if false; then echo 1; elif true; then echo 3; else echo 4; fi
if [ 1 -gt 2 ]; then echo a; elif [ 2 -gt 3 ]; then echo b; else echo c; fi
if ! false; then echo not; fi
if true && ! false || false; then echo complex; fi
if echo cond | grep -q cond; then echo piped; fi
if { false; true; }; then echo group; fi
if (exit 1); then :; else echo sub $?; fi
