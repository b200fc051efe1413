kubectl delete pod -n kube-system kube-scheduler-control-plane
for node in node-1 node-2; do ssh $node systemctl restart kubelet; done
sleep 40
