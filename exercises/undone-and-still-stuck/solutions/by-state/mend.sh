kubectl get pods -l app=moorings
kubectl delete pods --field-selector=status.phase=Pending
sleep 15
