kubectl -n kube-system patch daemonset kube-proxy --type=merge -p '{"spec":{"template":{"spec":{"nodeSelector":{"doors":null,"kubernetes.io/hostname":"node-2"}}}}}'
sleep 20
