// A learning management system as small as it gets: what a package says is kept by the rules of SCORM 1.2 and 2004, and
// what breaks them is remembered. `cmi` outlives the page.

const shows = new URLSearchParams(location.search).get('shows');
const cmi = JSON.parse(localStorage.getItem('cmi') ?? '{}');
const log = JSON.parse(localStorage.getItem('log') ?? '[]');
let state = 'idle';

const TIME_SPAN_12 = /^\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?$/;
const RULES = {
  'cmi.core.score.raw': /^(100|\d{1,2})(\.\d+)?$/,
  'cmi.core.score.min': /^0$/,
  'cmi.core.score.max': /^100$/,
  'cmi.core.lesson_status': /^(passed|completed|failed|incomplete|browsed)$/,
  'cmi.core.session_time': TIME_SPAN_12,
  'cmi.core.exit': /^(time-out|suspend|logout|)$/,
  'cmi.score.scaled': /^(1|0(\.\d+)?)$/,
  'cmi.score.raw': /^(100|\d{1,2})(\.\d+)?$/,
  'cmi.score.min': /^0$/,
  'cmi.score.max': /^100$/,
  'cmi.progress_measure': /^(1|0(\.\d+)?)$/,
  'cmi.completion_status': /^(completed|incomplete|not attempted|unknown)$/,
  'cmi.success_status': /^(passed|failed|unknown)$/,
  'cmi.session_time': /^PT\d+(\.\d{1,2})?S$/,
  'cmi.exit': /^(time-out|suspend|logout|normal|)$/,
  'cmi.suspend_data': /^[\x20-\x7e]*$/,
};

function keep() {
  localStorage.setItem('cmi', JSON.stringify(cmi));
  localStorage.setItem('log', JSON.stringify(log));
}

function broken(what) {
  log.push(what);
  keep();
  return 'false';
}

/** @param others elements that belong to the other edition */
function api(names, others, room) {
  const [initialize, terminate, get, set, commit] = names;
  return {
    [initialize](empty) {
      if (state === 'running' || empty !== '') return broken(`${initialize} while ${state}`);
      state = 'running';
      return 'true';
    },
    [terminate](empty) {
      if (state !== 'running' || empty !== '') return broken(`${terminate} while ${state}`);
      state = 'ended';
      keep();
      document.title = 'ended';
      return 'true';
    },
    [get](element) {
      if (state !== 'running') broken(`${get} while ${state}`);
      return cmi[element] ?? '';
    },
    [set](element, value) {
      if (state !== 'running') return broken(`${set} while ${state}`);
      if (typeof value !== 'string' || !RULES[element]?.test(value) || others.test(element)) {
        return broken(`${set} ${element} ${value}`);
      }
      if (element === 'cmi.suspend_data' && value.length > room) return broken(`${value.length} of suspend_data`);
      cmi[element] = value;
      return 'true';
    },
    [commit](empty) {
      if (state !== 'running' || empty !== '') return broken(`${commit} while ${state}`);
      keep();
      return 'true';
    },
  };
}

const NAMES = ['Initialize', 'Terminate', 'GetValue', 'SetValue', 'Commit'];
window.API_1484_11 = api(NAMES, /^cmi\.core\./, 64000);
window.API = api(
  ['LMSInitialize', 'LMSFinish', 'LMSGetValue', 'LMSSetValue', 'LMSCommit'],
  /^cmi\.(score|progress|completion|success|session_time|exit)/,
  4096,
);

addEventListener('load', () => {
  document.querySelector('#frame').addEventListener('click', () => {
    const frame = document.createElement('iframe');
    // Some systems put a frame of their own between.
    frame.srcdoc = `<iframe src="${shows}" style="width:100%;height:98vh;border:0" title="lesson"></iframe>`;
    document.body.append(frame);
  });
  document.querySelector('#window').addEventListener('click', () => window.open(shows));
  document.querySelector('#close').addEventListener('click', () => document.querySelector('iframe')?.remove());
});
