// An event bus as the course writes it. Not how we do it: it is here to prove that our services get along with it.
const express = require('./express-4');
const bodyParser = require('body-parser');
const axios = require('axios');

const app = express();
app.use(bodyParser.json());

const events = [];

app.post('/events', (req, res) => {
  const event = req.body;

  events.push(event);

  axios.post(`${process.env.POSTS_URL}/events`, event).catch((err) => {
    console.log(err.message);
  });
  axios.post(`${process.env.COMMENTS_URL}/events`, event).catch((err) => {
    console.log(err.message);
  });
  axios.post(`${process.env.QUERY_URL}/events`, event).catch((err) => {
    console.log(err.message);
  });
  axios.post(`${process.env.MODERATION_URL}/events`, event).catch((err) => {
    console.log(err.message);
  });

  res.send({ status: 'OK' });
});

app.get('/events', (req, res) => {
  res.send(events);
});

app.listen(process.env.PORT, () => {
  console.log(`Listening on ${process.env.PORT}`);
});
