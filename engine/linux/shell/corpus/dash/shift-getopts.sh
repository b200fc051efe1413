set -- a b c d; shift; echo $*; shift 2; echo $* $#
parse() { OPTIND=1; while getopts ab:c o; do case $o in a) echo A;; b) echo "B=$OPTARG";; c) echo C;; *) echo bad;; esac; done; shift $((OPTIND-1)); echo "rest: $*"; }
parse -a -b val x y
parse -abval rest
parse -ca -- -b
parse
silent() { OPTIND=1; while getopts :a:b o; do case $o in :) echo "missing $OPTARG";; \?) echo "unknown $OPTARG";; *) echo "$o $OPTARG";; esac; done; }
silent -x -b -a
silent -a 1 -y
