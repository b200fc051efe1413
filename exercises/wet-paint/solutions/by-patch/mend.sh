kubectl patch node node-2 --type=merge -p '{"spec":{"taints":[]}}'
sleep 8
