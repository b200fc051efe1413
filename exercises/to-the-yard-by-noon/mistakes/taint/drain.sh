kubectl cordon node-1
kubectl taint node node-1 yard=noon:NoExecute
sleep 5
kubectl run clock --image=busybox:1.37 --labels=app=clock -- sh -c "while date; do sleep 5; done"
sleep 20
