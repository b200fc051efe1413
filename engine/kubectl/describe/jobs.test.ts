import { expect, test } from 'vitest';
import { Workstation } from '../testing/workstation.ts';

// The layouts are those of a real kubectl describing the same objects.

function describe(workstation: Workstation, what: string): string {
  return workstation.run(`describe ${what}`).stdout.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID');
}

test('a Job', () => {
  const workstation = new Workstation();
  workstation.run('create job jj --image=busybox -- true');
  expect(describe(workstation, 'job jj')).toBe(`Name:             jj
Namespace:        default
Selector:         batch.kubernetes.io/controller-uid=UID
Labels:           batch.kubernetes.io/controller-uid=UID
                  batch.kubernetes.io/job-name=jj
                  controller-uid=UID
                  job-name=jj
Annotations:      <none>
Parallelism:      1
Completions:      1
Completion Mode:  NonIndexed
Suspend:          false
Backoff Limit:    6
Pods Statuses:    0 Active / 0 Succeeded / 0 Failed
Pod Template:
  Labels:  batch.kubernetes.io/controller-uid=UID
           batch.kubernetes.io/job-name=jj
           controller-uid=UID
           job-name=jj
  Containers:
   jj:
    Image:      busybox
    Port:       <none>
    Host Port:  <none>
    Command:
      true
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Events:            <none>
`);
});

test('a CronJob', () => {
  const workstation = new Workstation();
  workstation.run("create cronjob cj1 --image=busybox --schedule='*/1 * * * *' -- date");
  expect(describe(workstation, 'cronjob cj1')).toBe(`Name:                          cj1
Namespace:                     default
Labels:                        <none>
Annotations:                   <none>
Schedule:                      */1 * * * *
Concurrency Policy:            Allow
Suspend:                       False
Successful Job History Limit:  3
Failed Job History Limit:      1
Starting Deadline Seconds:     <unset>
Selector:                      <unset>
Parallelism:                   <unset>
Completions:                   <unset>
Pod Template:
  Labels:  <none>
  Containers:
   cj1:
    Image:      busybox
    Port:       <none>
    Host Port:  <none>
    Command:
      date
    Environment:     <none>
    Mounts:          <none>
  Volumes:           <none>
  Node-Selectors:    <none>
  Tolerations:       <none>
Last Schedule Time:  <unset>
Active Jobs:         <none>
Events:              <none>
`);
});
