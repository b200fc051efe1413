kubectl get pdb watch -o yaml > pdb.yaml
kubectl cordon node-1
sleep 1
kubectl delete pdb watch
kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s
sed -i '/resourceVersion:/d; /uid:/d' pdb.yaml
sleep 20
kubectl apply -f pdb.yaml
kubectl run clock --image=busybox:1.37 --labels=app=clock -- sh -c "while date; do sleep 5; done"
sleep 10
