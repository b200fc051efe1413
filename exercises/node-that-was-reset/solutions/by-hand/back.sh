# The machines' network is ours: nobody else can answer there in the API server's place.
token=$(ssh control-plane kubeadm token create --ttl 10m --description node-2)
ssh node-2 kubeadm join 10.0.0.10:6443 --token $token --discovery-token-unsafe-skip-ca-verification
kubectl patch node node-2 -p '{"metadata": {"labels": {"berth": "east"}}}'
ssh control-plane kubeadm token delete $token
sleep 20
