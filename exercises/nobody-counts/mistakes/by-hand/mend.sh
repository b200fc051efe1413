for name in signals-1 signals-2; do
  kubectl run $name --image=busybox:1.37 --labels=app=signals -- sleep infinity
done
sleep 5
